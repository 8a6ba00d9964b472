
class Other(Model):
    class Meta:
        db_table = "others"

class Member(AbstractUser):
    class Meta:
        db_table = "members"
