"""The mapping language of Entra: the text of an expression enters, values of people leave."""
